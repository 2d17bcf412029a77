"""What people in the United States are also called: common English and Spanish short names, folded."""

_GROUPS = """
abigail abby gail
alejandro alex ale jandro
alexander alex al sasha xander
alexandra alex alexa sandra sandy
andrew andy drew
anthony tony
antonio tony tono
barbara barb babs
benjamin ben benny
beatriz bea betty
carlos charlie carlitos
carolina caro
catherine katherine kathryn kate kathy cathy katie kit
charles charlie chuck chas
christina christine chris tina chrissy
christopher chris topher kit
concepcion concha conchita
cynthia cindy
daniel dan danny
david dave davey
deborah debra deb debbie
dolores lola
donald don donny
dorothy dot dottie dolly
eduardo edward ed eddie eddy lalo ted teddy
eleanor ellie nell nora
elizabeth liz beth betty eliza lizzie betsy libby lisa
enrique henry quique kike
ernesto ernest ernie neto
esperanza pera
eugene gene
felipe philip phillip phil pipe
fernando nando fer
francisco francis frank paco pancho kiko cisco
frances fran frannie
frederick fred freddy rick
gabriel gabe gabi
gerald gerry jerry
gloria glo
gregory greg
gregorio goyo greg
guadalupe lupe lupita
guillermo memo william
gustavo gus tavo
harold hal harry
helen nell ellie
henry hank harry hal
ignacio nacho
isabel isabella isabelle chabela bella izzy
jacob jake
jaime james jim jimmy jamie
jeffrey geoffrey jeff geoff
jennifer jen jenny
jessica jess jessie
jesus chuy chucho
jonathan john jon johnny
jorge george coque
jose joe joseph pepe
josefina josephine josie fina pepa
joseph joe joey jo
joshua josh
juan john johnny juanito
judith judy
kenneth ken kenny
kimberly kim
larry lawrence lorenzo laurence
leonard leo lenny len
leticia lety
luis louis lou lucho
manuel manny manolo
marcos marcus mark marc
margarita margaret maggie meg peggy marge rita daisy
maria mary marie mari maia marita
matthew matt mateo
mercedes meche mercy
michael mike mick mickey miguel micky
nancy nan
natalie nat
nathaniel nathan nate
nicholas nicolas nick nico
pablo paul
pamela pam
patricia pat patty trish tricia
patrick pat paddy
pedro peter pete
rafael rafa ralph
ramon moncho ray
raymond ray
rebecca becky becca
ricardo richard rick ricky rich dick
robert bob bobby rob robbie bert roberto beto
ronald ron ronny
rosa rose rosie rosita
rosario charo chayo
samuel sam sammy
salvador chava sal
samantha sam sammy
santiago james diego chago
sergio checo
stephanie steph stefanie
stephen steven steve esteban
susan sue susie susana suzanne
teresa theresa terry tere tess
theodore ted teddy theo
thomas tom tommy tomas
timothy tim timmy
tobias toby
veronica vero ronnie
vicente vince vincent chente
victoria vicky tori
virginia ginny
walter walt wally
william bill billy will willie liam
yolanda yoli
zachary zach zack
"""

_OF: dict[str, set[str]] = {}
for _line in _GROUPS.split("\n"):
    for _name in _line.split():
        _OF.setdefault(_name, set()).update(_line.split())


def variants(given: str) -> frozenset[str]:
    """The folded name itself and everything that it is short for, or that is short for it."""
    return frozenset({given, *_OF.get(given, ())})
